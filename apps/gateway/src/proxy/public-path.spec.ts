import { expect, test } from '@jest/globals';
import { isBelow } from './public-path.ts';

test.each([
  '/api/v1/posts',
  '/api/v1/posts/',
  '/api/v1/posts?x=/../',
  '/api/v1/posts/a%2Fb',
  '/api/v1/posts/caf%C3%A9',
  '/api/v1/posts/...',
  '/api/v1/posts/%252e%252e/x',
])('%s is public', (target) => expect(isBelow('/api/v1/posts', target)).toBe(true));

test.each([
  '/api/v1/postsX',
  '/api/v1/Posts',
  '/API/v1/posts',
  '//api/v1/posts',
  '/api//v1/posts',
  '/api/v1/./posts',
  '/api/v1/p%6fsts',
  '/api%2fv1%2fposts',
  '/api/v1/posts/../internal',
  '/api/v1/posts/..',
  '/api/v1/posts/%2e%2e/internal',
  '/api/v1/posts/.%2E/internal',
  '/api/v1/posts/x%2f..%2f..%2finternal',
  '/api/v1/posts/x\\..\\internal',
  '/api/v1/posts/%5c..%5cinternal',
  '/api/v1/posts/%ff/%2e%2e/internal',
  'http://blog/api/v1/posts',
  '',
])('%s is not', (target) => expect(isBelow('/api/v1/posts', target)).toBe(false));
