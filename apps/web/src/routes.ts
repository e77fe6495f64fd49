import type { RouteRecordRaw } from 'vue-router';
import HomePage from './pages/HomePage.vue';
import MeetPage from './pages/MeetPage.vue';

/** The addresses of the app; what is no address of ours leads home. */
export const routes: readonly RouteRecordRaw[] = [
  { path: '/', component: HomePage },
  { path: '/meet/:room', component: MeetPage, props: true },
  { path: '/:rest(.*)*', redirect: '/' },
];
