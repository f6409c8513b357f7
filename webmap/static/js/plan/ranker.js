// A worker: sorts names while the page goes on.
onmessage = ({ data: { texts, locale } }) => {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const order = [...new Set(texts)].sort(compare);
  const rank = new Map(order.map((text, i) => [text, i]));
  postMessage(Float64Array.from(texts, (text) => rank.get(text)));
};
