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
  localStorage.setItem('kbmatch.root', __md_scope.pathname); // for the page shown at wrong addresses
} catch { /* as above */ }
