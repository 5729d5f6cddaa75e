// Many small pieces encrypted or decrypted at once: they come from Python in one array of bytes, and
// go there in one. An expression, which web.py runs: its value holds the functions.
({
  async seal(key, data, lengths, additionalData) {
    let start = 0;
    return Promise.all(Array.from(lengths, async (length) => {
      const piece = data.subarray(start, (start += length));
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, piece);
      return { iv, data: new Uint8Array(sealed) };
    }));
  },

  ids: (records) => Float64Array.from(records, ({ id }) => id),

  async unseal(key, records, additionalData) {
    const opened = await Promise.all(Array.from(records, ({ iv, data }) =>
      crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, data).catch(() => null)));
    const data = new Uint8Array(opened.reduce((sum, piece) => sum + (piece?.byteLength ?? 0), 0));
    let start = 0;
    for (const piece of opened) {
      if (!piece) continue;
      data.set(new Uint8Array(piece), start);
      start += piece.byteLength;
    }
    return { data, lengths: Int32Array.from(opened, (piece) => piece?.byteLength ?? -1) };
  },
})
