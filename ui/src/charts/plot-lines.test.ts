import { describe, expect, it } from 'vitest';
import { decimalsOf } from './plot-lines';

describe('decimals of a plot', () => {
  it.each([
    [[20_000, 25_000], 0],
    [[30, 70], 1],
    [[0.5, 1.5], 2],
    [[0.0001, 0.0003], 6],
    [[5], 2],
    [[0, 0], 2],
    [[], 2],
  ])('of %j are %i', (values, decimals) => {
    expect(decimalsOf(values)).toBe(decimals);
  });
});
