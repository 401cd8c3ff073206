import { describe, expect, it } from 'vitest';
import {
  arrowOf,
  decimalsOfStep,
  formatBytes,
  formatFraction,
  formatNumber,
  formatPrice,
  formatSigned,
  formatSignedFraction,
  rawValue,
  toneOf,
} from './number-format';

describe('numbers on screen', () => {
  it('separates thousands and keeps the places', () => {
    expect(formatNumber(1234567.5)).toBe('1,234,567.50');
    expect(formatNumber(-0.5, 1)).toBe('−0.5');
  });

  it('shows a price with the digits of its step', () => {
    expect([0.1, 0.0001, 1, 1e-7, 2.5e-8, 10].map(decimalsOfStep)).toEqual([1, 4, 0, 7, 9, 0]);
  });

  it('tells the direction by an arrow', () => {
    expect([0.01, -0.01, 0, null].map(arrowOf)).toEqual(['▲', '▼', '', '']);
  });

  it('never shows a negative zero', () => {
    expect(formatNumber(-0.0001)).toBe('0.00');
    expect(formatSigned(-0.0001)).toBe('0.00');
  });

  it('signs gains and losses, not zero', () => {
    expect(formatSigned(3)).toBe('+3.00');
    expect(formatSigned(-3)).toBe('−3.00');
    expect(formatSigned(0)).toBe('0.00');
    expect(formatSignedFraction(0.1234)).toBe('+12.34%');
  });

  it('shows a dash for what is not defined', () => {
    expect(formatNumber(null)).toBe('–');
    expect(formatFraction(Number.NaN)).toBe('–');
    expect(rawValue(null)).toBe('not defined');
  });

  it('gives prices at least their decimals and no fewer digits than they have', () => {
    expect(formatPrice(40_000, 2)).toBe('40,000.00');
    expect(formatPrice(0.00001234, 2)).toBe('0.00001234');
    expect(formatPrice(16_543.12345678, 2, 4)).toBe('16,543.1235');
  });

  it('keeps the raw value for copying', () => {
    expect(rawValue(9535.392817)).toBe('9535.392817');
  });

  it('names bytes and tones', () => {
    expect(formatBytes(13_400_000)).toBe('13.4 MB');
    expect([toneOf(1), toneOf(-1), toneOf(0), toneOf(null)]).toEqual(['up', 'down', 'neutral', 'neutral']);
  });
});
