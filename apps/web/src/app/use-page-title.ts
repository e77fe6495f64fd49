import { watchEffect } from 'vue';

/** What stands in the browser's tab: what the page is about, then whose it is. */
export function pageTitle(about: string): string {
  return about === '' ? 'Rivero' : `${about} · Rivero`;
}

/** Names the page as long as this component is there; follows the language. */
export function usePageTitle(about: () => string): void {
  watchEffect(() => {
    document.title = pageTitle(about());
  });
}
