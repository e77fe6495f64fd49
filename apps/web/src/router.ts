import { createRouter, createWebHistory } from 'vue-router';
import HomePage from './pages/HomePage.vue';
import MeetPage from './pages/MeetPage.vue';

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: HomePage },
    { path: '/meet/:room', component: MeetPage, props: true },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
});
