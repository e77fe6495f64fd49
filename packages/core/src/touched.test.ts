import { expect, it } from 'vitest';
import { Touched } from './touched.ts';

const item = (name: string) => ({ name, isTouched: false });

function names(touched: Touched<ReturnType<typeof item>>): readonly (string | undefined)[] {
  return Array.from({ length: touched.count }, (_, i) => touched.at(i)?.name);
}

it('holds each item once, in the order they came, until it is cleared', () => {
  const touched = new Touched<ReturnType<typeof item>>();
  const [ann, bob] = [item('ann'), item('bob')];
  for (const each of [bob, ann, bob]) touched.add(each);
  expect(names(touched)).toEqual(['bob', 'ann']);
  touched.clear();
  expect(names(touched)).toEqual([]);
  touched.add(ann);
  expect(names(touched)).toEqual(['ann']);
});

it('passes over what was deleted, and takes it again', () => {
  const touched = new Touched<ReturnType<typeof item>>();
  const [ann, bob] = [item('ann'), item('bob')];
  touched.add(ann);
  touched.add(bob);
  touched.delete(ann);
  expect(names(touched)).toEqual([undefined, 'bob']);
  touched.clear();
  touched.add(ann);
  expect(names(touched)).toEqual(['ann']);
});
