import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { precompress } from './vite/precompress.ts';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue(), precompress()],
  define: { __VUE_I18N_FULL_INSTALL__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  build: { target: 'es2022', outDir: 'dist', emptyOutDir: true },
});
