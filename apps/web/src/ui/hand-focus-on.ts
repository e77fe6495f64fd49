import type { Directive } from 'vue';

/** For what goes when its own button was pressed: the focus goes on at the beginning of the page's main part, and not to nowhere. */
export const vHandFocusOn: Directive<HTMLElement> = {
  beforeUnmount(element) {
    if (!element.contains(document.activeElement)) return;
    const main = element.closest('main');
    if (main === null) return;
    if (!main.hasAttribute('tabindex')) main.tabIndex = -1;
    main.focus({ preventScroll: true });
  },
};
