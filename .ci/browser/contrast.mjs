/**
 * Lists the texts on a page that are hard to read: with less contrast to what is behind
 * them than WCAG AA asks for, or smaller than 11 px. Runs in the page.
 */
export function unreadable() {
  const parse = (color) => {
    const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, below) => Object.fromEntries(["r", "g", "b"].map((c) => [c, top[c] * top.a + below[c] * (1 - top.a)]));
  const luminance = ({ r, g, b }) => {
    const [R, G, B] = [r, g, b].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const canvas = parse(getComputedStyle(document.body).backgroundColor);
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      layers.unshift(parse(getComputedStyle(at).backgroundColor));
    }
    return layers.reduce((below, top) => over(top, below), canvas);
  };
  const opacity = (element) => {
    let product = 1;
    for (let at = element; at; at = at.parentElement) {
      product *= Number(getComputedStyle(at).opacity);
    }
    return product;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const elements = new Set(document.querySelectorAll("input, textarea, select"));
  while (walker.nextNode()) {
    if (walker.currentNode.nodeValue.trim()) {
      elements.add(walker.currentNode.parentElement);
    }
  }
  for (const element of elements) {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest("noscript, option, [disabled], .backdrop-ux")) {
      continue;
    }
    for (const pseudo of ["", "::after"]) {
      const style = getComputedStyle(element, pseudo);
      if (pseudo && !/^"[^"]/.test(style.content)) {
        continue;
      }
      const background = behind(element);
      const color = parse(style.color);
      color.a *= opacity(element);
      const [a, b] = [luminance(over(color, background)), luminance(background)].sort((x, y) => y - x);
      const contrast = (a + 0.05) / (b + 0.05);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
      if (contrast < (large ? 3 : 4.5) || size < 11) {
        found.push(`${element.tagName}.${element.className}${pseudo} "${(element.value ?? element.textContent).trim().slice(0, 40)}": ${contrast.toFixed(2)}, ${size} px`);
      }
    }
  }
  return [...new Set(found)];
}
