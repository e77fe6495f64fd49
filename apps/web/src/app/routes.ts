import type { RouteRecordRaw } from 'vue-router';
import HomePage from '../home/HomePage.vue';
import LostPage from './LostPage.vue';

/** The addresses of the app. The code of all but the first is fetched when somebody goes there. */
export const routes: readonly RouteRecordRaw[] = [
  { path: '/', component: HomePage },
  { path: '/meet', redirect: '/' },
  {
    // As home/room-id.ts has it.
    path: '/meet/:room([A-Za-z0-9._~-]{1,64})',
    component: () => import('../meeting/MeetPage.vue').then((module) => module.default),
    props: true,
  },
  {
    path: '/trickle-ice',
    component: () => import('../trickle-ice/TrickleIcePage.vue').then((module) => module.default),
  },
  { path: '/meet/:name', component: LostPage, props: true },
  { path: '/:rest(.*)*', component: LostPage },
];
