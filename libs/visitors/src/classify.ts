import { isbot } from 'isbot';
import { LRUCache } from 'lru-cache';
import { UAParser } from 'my-ua-parser';
import type { IncomingHttpHeaders } from 'node:http';

export interface VisitorClass {
  /** `preview`: fetched to show somebody what is behind an address, before anybody has opened it. */
  readonly kind: 'person' | 'bot' | 'preview';
  readonly device: 'desktop' | 'mobile' | 'tablet' | 'other';
  readonly browser: string | null;
  readonly os: string | null;
}

/** Chat programs and networks that fetch what somebody pastes. Not their apps, in which people read: those have other names. */
const PREVIEW_FETCHERS =
  /Slackbot-LinkExpanding|Slack-ImgProxy|^WhatsApp\/|Twitterbot|facebookexternalhit|Facebot|Discordbot|TelegramBot|LinkedInBot|SkypeUriPreview|redditbot|Pinterestbot|vkShare|Iframely|Embedly|Mastodon\/|Bluesky Cardyb|Synapse \(bot|Matrix-Media-Repo|Zulip URL preview|Rocket\.Chat|Mattermost-Bot|Viber-URL-Preview|KakaoTalk-Scrap|Snap URL Preview|Line-poker|^Signal\/|Google-InspectionTool-Preview|XING-contenttabreceiver/i;

/** Real ones are shorter. The expressions take time in proportion to the length, and whoever sends it chooses that. */
const LONGEST_USER_AGENT = 512;
const NOBODY: VisitorClass = { kind: 'bot', device: 'other', browser: null, os: null };

/** At most 2,000 × 512 characters. */
const known = new LRUCache<string, VisitorClass>({ max: 2_000 });

/**
 * Who made a request, by what it says of itself. A user agent that was seen lately costs one look-up, another one about 0.1 ms.
 * Who names no user agent is a program. Who fetches ahead (`Purpose`, `Sec-Purpose`, `X-Moz`) has not come yet.
 */
export function classify(userAgent: string | undefined, headers: IncomingHttpHeaders): VisitorClass {
  const found = ofUserAgent(userAgent);
  return found.kind === 'person' && isFetchedAhead(headers) ? { ...found, kind: 'preview' } : found;
}

function ofUserAgent(userAgent: string | undefined): VisitorClass {
  if (!userAgent) return NOBODY;
  const text = userAgent.length > LONGEST_USER_AGENT ? userAgent.slice(0, LONGEST_USER_AGENT) : userAgent;
  let found = known.get(text);
  if (!found) known.set(text, (found = read(text)));
  return found;
}

const isFetchedAhead = (headers: IncomingHttpHeaders) =>
  [headers['sec-purpose'], headers.purpose, headers['x-purpose'], headers['x-moz']].some(
    (value) => value !== undefined && /prefetch|prerender|preview/i.test(String(value)),
  );

function read(userAgent: string): VisitorClass {
  const parser = new UAParser(userAgent);
  const os = nameOf(parser.getOS().name);
  return {
    kind: PREVIEW_FETCHERS.test(userAgent) ? 'preview' : isbot(userAgent) ? 'bot' : 'person',
    device: deviceOf(parser.getDevice().type, os),
    browser: nameOf(parser.getBrowser().name),
    os,
  };
}

function deviceOf(type: string | undefined, os: string | null): VisitorClass['device'] {
  if (type === 'mobile' || type === 'tablet') return type;
  return type === undefined && os !== null ? 'desktop' : 'other'; // televisions, watches, consoles; programs
}

/** Some expressions take it from the text itself. */
const nameOf = (name: string | undefined) => (name ? name.slice(0, 60) : null);
