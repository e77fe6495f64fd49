import { createApp } from 'vue';
import App from './app/App.vue';
import { i18n } from './i18n/index.ts';
import { router } from './app/router.ts';
import './styles/app.css';

createApp(App).use(i18n).use(router).mount('#app');
