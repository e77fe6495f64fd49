// Loaded before all else (`node --import`): addons come from the folder that RIVERO_TEST_ADDONS names, by their names.
import { Module } from 'node:module';
import path from 'node:path';

const load = Module._extensions['.node'];
Module._extensions['.node'] = (module, file) => {
  const sanitized = path.join(process.env.RIVERO_TEST_ADDONS, path.basename(file));
  load(module, path.basename(file) === 'rivero_datapath.node' ? sanitized : file);
};
