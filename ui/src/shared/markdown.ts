/**
 * A small part of Markdown, parsed into plain data that a component turns into elements. Text never becomes markup:
 * HTML in the source is shown as the text it is, and links are kept only as their words with the address beside them.
 */

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong'; children: Inline[] }
  | { kind: 'emphasis'; children: Inline[] }
  | { kind: 'link'; children: Inline[]; address: string };

export type Block =
  | { kind: 'heading'; level: number; children: Inline[] }
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }
  | { kind: 'code'; text: string }
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][] };

const INLINE =
  /`([^`]+)`|\*\*(.+?)\*\*|__(.+?)__|\*([^*\s][^*]*)\*|(?<![A-Za-z0-9])_([^_\s][^_]*)_(?![A-Za-z0-9])|\[([^\]]+)\]\(([^)\s]+)\)/;

export function parseInline(source: string): Inline[] {
  const parts: Inline[] = [];
  let rest = source;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    if (match.index > 0) parts.push({ kind: 'text', text: rest.slice(0, match.index) });
    parts.push(inlineOf(match));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== '') parts.push({ kind: 'text', text: rest });
  return parts;
}

function inlineOf(match: RegExpExecArray): Inline {
  const [, code, strongStars, strongLines, stars, lines, words, address] = match;
  if (code !== undefined) return { kind: 'code', text: code };
  const strong = strongStars ?? strongLines;
  if (strong !== undefined) return { kind: 'strong', children: parseInline(strong) };
  const emphasis = stars ?? lines;
  if (emphasis !== undefined) return { kind: 'emphasis', children: parseInline(emphasis) };
  return { kind: 'link', children: parseInline(words ?? ''), address: address ?? '' };
}

const BULLET = /^\s*[-*+]\s+(.*)$/;
const NUMBERED = /^\s*\d+[.)]\s+(.*)$/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const FENCE = /^```/;
const RULE = /^\s*\|?(?:\s*:?-{2,}:?\s*\|)+\s*(?::?-{2,}:?\s*)?$/;

/** Walks the lines once; every branch consumes at least one line. */
export function parseMarkdown(source: string): Block[] {
  const lines = source.replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = HEADING.exec(line);
    if (line.trim() === '') at += 1;
    else if (FENCE.test(line)) at = takeCode(lines, at, blocks);
    else if (heading) {
      blocks.push({
        kind: 'heading',
        level: heading[1]?.length ?? 1,
        children: parseInline(heading[2] ?? ''),
      });
      at += 1;
    } else if (line.includes('|') && RULE.test(lines[at + 1] ?? '')) at = takeTable(lines, at, blocks);
    else if (BULLET.test(line)) at = takeList(lines, at, BULLET, false, blocks);
    else if (NUMBERED.test(line)) at = takeList(lines, at, NUMBERED, true, blocks);
    else at = takeParagraph(lines, at, blocks);
  }
  return blocks;
}

function takeCode(lines: string[], from: number, blocks: Block[]): number {
  let end = from + 1;
  while (end < lines.length && !FENCE.test(lines[end] ?? '')) end += 1;
  blocks.push({ kind: 'code', text: lines.slice(from + 1, end).join('\n') });
  return end + 1;
}

function cells(line: string): Inline[][] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split('|').map((cell) => parseInline(cell.trim()));
}

function takeTable(lines: string[], from: number, blocks: Block[]): number {
  let end = from + 2;
  while (end < lines.length && (lines[end] ?? '').includes('|')) end += 1;
  blocks.push({ kind: 'table', head: cells(lines[from] ?? ''), rows: lines.slice(from + 2, end).map(cells) });
  return end;
}

function takeList(lines: string[], from: number, item: RegExp, ordered: boolean, blocks: Block[]): number {
  const items: string[] = [];
  let at = from;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const match = item.exec(line);
    if (match) items.push(match[1] ?? '');
    else if (/^\s{2,}\S/.test(line) && items.length > 0) items[items.length - 1] += ` ${line.trim()}`;
    else break;
  }
  blocks.push({ kind: 'list', ordered, items: items.map(parseInline) });
  return at;
}

function startsOther(line: string): boolean {
  return (
    line.trim() === '' || FENCE.test(line) || HEADING.test(line) || BULLET.test(line) || NUMBERED.test(line)
  );
}

function takeParagraph(lines: string[], from: number, blocks: Block[]): number {
  let end = from + 1;
  while (end < lines.length && !startsOther(lines[end] ?? '')) end += 1;
  const text = lines.slice(from, end).map((line) => line.trim()).join(' '); // prettier-ignore
  blocks.push({ kind: 'paragraph', children: parseInline(text) });
  return end;
}
