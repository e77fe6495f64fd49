import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import program from './package.json' with { type: 'json' };
import { precompress } from './vite/precompress.ts';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue(), precompress()],
  define: {
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __RIVERO_VERSION__: JSON.stringify(program.version),
  },
  build: { target: 'es2022', outDir: 'dist', emptyOutDir: true },
});
