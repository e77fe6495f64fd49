/*
 * Runs before the app, in browsers of any age: plain ECMAScript 5. What such a browser cannot do, index.html explains;
 * this says which of its explanations is shown, in the attribute `data-refused` of the root.
 */
(function () {
  var root = document.documentElement;

  function refuse(reason) {
    if (root.getAttribute('data-refused') === null) root.setAttribute('data-refused', reason);
  }

  function isYoung() {
    return (
      'noModule' in document.createElement('script') &&
      window.CSS !== undefined &&
      window.CSS.supports('color', 'light-dark(#000, #fff)') &&
      typeof Promise.withResolvers === 'function'
    );
  }

  if (!isYoung()) refuse('old');

  function explainMissing(event) {
    var app = document.getElementById('app');
    var isScript = event.target === window || event.target instanceof HTMLScriptElement;
    if (isScript && (app === null || app.firstChild === null)) refuse('not-loaded');
  }

  /* Scripts that do not arrive, or fail before there is a page. */
  window.addEventListener('error', explainMissing, true);

  /* The chosen theme, before anything is painted. */
  try {
    var theme = localStorage.getItem('rivero.theme');
    if (theme === 'dark' || theme === 'light') root.setAttribute('data-theme', theme);
    // oxlint-disable-next-line no-unused-vars -- ECMAScript 5 has no catch without a name.
  } catch (error) {
    /* A browser that keeps nothing has the system's theme. */
  }
})();
