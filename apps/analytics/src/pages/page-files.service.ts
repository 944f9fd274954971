import { formatEtag } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { OWN_ASSETS, type Asset, type OwnAsset } from './assets.ts';

const ownFiles = path.join(import.meta.dirname, 'site');
const uplot = path.join(path.dirname(createRequire(import.meta.url).resolve('uplot/package.json')), 'dist');

const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
} as const;

export interface PageFile {
  readonly content: string;
  readonly type: string;
  readonly etag: string;
}

/** The page and all that it loads, none of it from elsewhere: so it works without the internet. Read once: 100 KB. */
@Injectable()
export class PageFiles {
  readonly page = fileAt(ownFiles, 'index.html');
  private readonly assets = {
    ...(Object.fromEntries(OWN_ASSETS.map((name) => [name, fileAt(ownFiles, name)])) as Record<OwnAsset, PageFile>),
    'uplot.js': fileAt(uplot, 'uPlot.iife.min.js'),
    'uplot.css': fileAt(uplot, 'uPlot.min.css'),
  };

  asset(name: Asset): PageFile {
    return this.assets[name];
  }
}

function fileAt(folder: string, name: string): PageFile {
  const content = readFileSync(path.join(folder, name), 'utf8');
  return { content, type: types[path.extname(name) as keyof typeof types], etag: formatEtag(content) };
}
