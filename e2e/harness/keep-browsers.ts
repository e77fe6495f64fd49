import { afterAll } from 'vitest';
import { closeKeptBrowsers, keepBrowsers } from './browser.ts';

// Set up before each file: its tests use Chromiums one after the other, which end with the file, after its own hooks.
keepBrowsers();
afterAll(closeKeptBrowsers);
