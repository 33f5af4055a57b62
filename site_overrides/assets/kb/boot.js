/*
 * Runs before anything is drawn: the theme's storage helpers (it expects these names), keyed by
 * where the site lies, and the same for both languages so that colours stay when one switches.
 */
'use strict';
var __md_scope = new URL('../../', document.currentScript.src);
var __md_hash = (text) => [...text].reduce((hash, character) => (hash << 5) - hash + character.charCodeAt(0), 0);
var __md_get = (key, storage, scope = __md_scope) => {
  try {
    return JSON.parse((storage || localStorage).getItem(`${scope.pathname}.${key}`));
  } catch {
    return null;
  }
};
var __md_set = (key, value, storage, scope = __md_scope) => {
  try {
    (storage || localStorage).setItem(`${scope.pathname}.${key}`, JSON.stringify(value));
  } catch { /* storage is full or switched off: the page works without */ }
};
document.documentElement.classList.replace('no-js', 'js');
try {
  localStorage.setItem('kbmatch.language', document.documentElement.lang);
} catch { /* as above */ }

/*
 * The theme asks for the search index as soon as a page opens. It is the heaviest file of all, so
 * that one request waits until somebody goes to the search.
 */
(() => {
  const waiting = [];
  let wanted = false;
  const send = XMLHttpRequest.prototype.send;
  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.kbUrl = String(url);
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...body) {
    if (wanted || !/\/search_index\.json$/.test(this.kbUrl)) return send.apply(this, body);
    waiting.push(() => send.apply(this, body));
    return undefined;
  };
  const go = (event) => {
    if (wanted || !event.target.closest('[data-md-component="search"], [data-md-toggle="search"], [for="__search"]')) return;
    wanted = true;
    for (const start of waiting.splice(0)) start();
  };
  for (const type of ['focusin', 'pointerover', 'change']) document.addEventListener(type, go, {passive: true});
})();
