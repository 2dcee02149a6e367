/**
 * Writes the names in "On this page" in the selected language. VitePress reads the headings once per page, and not again when another of
 * their spellings is shown.
 */
export function spellOutline() {
  for (const link of document.querySelectorAll('.outline-link')) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const spelling = [...(heading?.querySelectorAll('.in') ?? [])].find(
      (one) => getComputedStyle(one).display !== 'none',
    );
    if (spelling !== undefined) link.textContent = link.title = spelling.textContent;
  }
}
