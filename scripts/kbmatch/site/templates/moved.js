(() => {
  // Keeps the fragment, which a refresh by <meta> would lose.
  const target = document.querySelector('link[rel=canonical]').getAttribute('href');
  location.replace(target + location.hash);
})();
