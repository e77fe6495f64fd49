import { createApp } from 'vue';
import App from './app/App.vue';
import { router } from './app/router.ts';
import { i18n } from './i18n/index.ts';
import './styles/tokens.css';
import './styles/elements.css';
import { applyTheme, recallTheme } from './ui/theme.ts';

applyTheme(recallTheme());
createApp(App).use(i18n).use(router).mount('#app');
