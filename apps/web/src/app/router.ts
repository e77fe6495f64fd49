import { createRouter, createWebHistory, START_LOCATION } from 'vue-router';
import { routes } from './routes.ts';

export const router = createRouter({ history: createWebHistory(), routes });

// A page's code does not arrive: the server has a newer one, or is away. Loading everything anew finds out which; where
// that did not help, index.html explains it.
router.onError((_error, to, from) => {
  if (from === START_LOCATION) document.documentElement.dataset['refused'] = 'not-loaded';
  else location.assign(to.fullPath);
});
