// vue-tsc needs TypeScript's JavaScript compiler, which TypeScript 7 no longer has: it runs on version 6, installed beside.
import { createRequire } from 'node:module';
import vueTsc from 'vue-tsc';

vueTsc.run(createRequire(import.meta.url).resolve('typescript-vue/lib/tsc'));
