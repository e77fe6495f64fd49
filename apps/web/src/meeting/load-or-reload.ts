const mark = 'rivero.reloaded';

/** True: the page is loaded again for the first time since everything came. */
function isFirstTime(): boolean {
  try {
    if (sessionStorage.getItem(mark) !== null) return false;
    sessionStorage.setItem(mark, '');
    return true;
  } catch {
    // Where nothing is kept, nobody would know how often it was.
    return false;
  }
}

/**
 * Loads a part of the page; where it does not come, as after an update of the server, the whole page is loaded once more,
 * and if that does not help, index.html says so. Answers whether the part is there.
 */
export async function loadOrReload(load: () => Promise<unknown>): Promise<boolean> {
  try {
    await load();
  } catch {
    if (isFirstTime()) location.reload();
    else document.documentElement.setAttribute('data-refused', 'not-loaded');
    return false;
  }
  try {
    sessionStorage.removeItem(mark);
  } catch {
    // Nothing is kept.
  }
  return true;
}
