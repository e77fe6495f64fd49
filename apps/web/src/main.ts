import { createApp } from 'vue';
import App from './app/App.vue';
import { router } from './app/router.ts';
import { i18n } from './i18n/index.ts';
import './styles/tokens.css';
import './styles/elements.css';
import { applyTheme } from './ui/theme.ts';

applyTheme();
// public/before-app.js has explained already that this browser is not fit for it.
if (document.documentElement.dataset['refused'] === undefined) {
  createApp(App).use(i18n).use(router).mount('#app');
}
