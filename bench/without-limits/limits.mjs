import { parse } from 'graphql';

/** Only parses, each text once: which kind of operation it is has to be known without any limit. */
export class Limits {
  documents = new Map();

  admit({ query }) {
    const known = this.documents.get(query);
    if (known) return known;
    const document = parse(query);
    this.documents.set(query, document);
    return document;
  }
}
