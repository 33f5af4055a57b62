/*
 * Runs inside the frame that stands in for a Worker on file:// (see iframe-worker-shim.js): gives
 * the worker's script the names it expects. MIT, after iframe-worker 1.0.4.
 */
'use strict';
(() => {
  const url = document.currentScript.dataset.url;
  window.postMessage = (message, origin) => parent.postMessage(message, origin || '*');
  window.importScripts = (...urls) => urls.reduce((done, source) => done.then(() => new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = source;
    script.onload = resolve;
    document.body.appendChild(script);
  })), Promise.resolve());
  addEventListener('error', ({error, message}) => {
    parent.dispatchEvent(new ErrorEvent('error', {filename: url, message, error}));
  });
})();
