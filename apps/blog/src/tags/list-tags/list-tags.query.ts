import { Sql } from '@cairn/database';
import { decodeCursor, toConnection, toPage, type Connection, type Page } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { ListTags, TagCount } from './list-tags.dto.ts';

/** The sort key: how many posts, and the tag. */
const CursorSchema = z.tuple([z.string().regex(/^\d{1,9}$/), z.string().refine((tag) => !tag.includes('\0'))]);

@Injectable()
export class ListTagsQuery {
  constructor(private readonly sql: Sql) {}

  /** The most used first. @throws InvalidInput naming `cursor` */
  async execute(query: ListTags): Promise<Page<TagCount>> {
    return toPage(await this.find(query), query.limit, keyOf);
  }

  /** The same page, each tag with its own cursor. @throws InvalidInput likewise */
  async connection(query: ListTags): Promise<Connection<TagCount>> {
    return toConnection(await this.find(query), query.limit, keyOf, query.cursor);
  }

  private find({ cursor, limit }: ListTags): Promise<TagCount[]> {
    const [posts, tag] = decodeCursor(cursor, CursorSchema) ?? ['2147483647', ''];
    return this.sql.rows<TagCount>(LIST_TAGS, [posts, tag, limit + 1]);
  }
}

const keyOf = ({ posts, tag }: TagCount) => [String(posts), tag];

/** The key as one row: both parts ascend, so that the index alone finds the place where the page begins. */
export const LIST_TAGS = {
  name: 'list-tags',
  text: `SELECT tag, posts FROM tag_counts WHERE posts > 0 AND (-posts, tag) > (-$1::integer, $2)
         ORDER BY -posts, tag LIMIT $3`,
};
