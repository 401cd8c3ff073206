import { flushSync, mount, unmount } from 'svelte';
import { describe, expect, it } from 'vitest';
import Markdown from './components/markdown.svelte';
import { parseInline, parseMarkdown } from './markdown';

function rendered(source: string): HTMLElement {
  const target = document.createElement('div');
  const component = mount(Markdown, { target, props: { source } });
  flushSync();
  const copy = target.cloneNode(true) as HTMLElement;
  void unmount(component);
  return copy;
}

describe('the safe Markdown renderer', () => {
  it('knows headings, lists, code, tables and paragraphs', () => {
    const blocks = parseMarkdown(
      '# A\n\ntext\nmore\n\n- one\n- two\n\n1. first\n\n```\nlet x;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |',
    );
    expect(blocks.map((block) => block.kind)).toEqual([
      'heading',
      'paragraph',
      'list',
      'list',
      'code',
      'table',
    ]);
  });

  it('keeps underscores inside names', () => {
    expect(parseInline('the risk_per_trade value')).toEqual([
      { kind: 'text', text: 'the risk_per_trade value' },
    ]);
  });

  it('makes no element out of HTML in the text', () => {
    const page = rendered('<script>alert(1)</script> and <img src=x onerror=alert(1)> **bold**');
    expect(page.querySelector('script, img')).toBeNull();
    expect(page.textContent).toContain('<script>alert(1)</script>');
    expect(page.querySelector('strong')?.textContent).toBe('bold');
  });

  it('makes no link, whatever its address', () => {
    const page = rendered('[click](javascript:alert(1)) and [docs](https://example.org)');
    expect(page.querySelector('a')).toBeNull();
    expect(page.textContent).toContain('(https://example.org)');
  });

  it.each(['```\nnever closed', '|', '- ', '**', '# ', '| a |\n|---|', '`'])('ends on %j', (source) => {
    expect(Array.isArray(parseMarkdown(source))).toBe(true);
  });
});
