import { createRouter, createWebHistory, START_LOCATION } from 'vue-router';
import { routes } from './routes.ts';

export const router = createRouter({ history: createWebHistory(), routes });

// A page's code that does not arrive: the server has a newer one, or is away. The browser's own loading finds out which.
router.onError((_error, to, from) => {
  if (from !== START_LOCATION) location.assign(to.fullPath);
});
