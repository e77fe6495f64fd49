import type { RouteRecordRaw } from 'vue-router';
import HomePage from '../home/HomePage.vue';
import MeetPage from '../meeting/MeetPage.vue';

/** The addresses of the app; what is no address of ours leads home. */
export const routes: readonly RouteRecordRaw[] = [
  { path: '/', component: HomePage },
  { path: '/meet/:room', component: MeetPage, props: true },
  { path: '/:rest(.*)*', redirect: '/' },
];
