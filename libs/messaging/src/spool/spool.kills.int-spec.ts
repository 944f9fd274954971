import { spoolSurvives } from '../testing/spool-kills.ts';

spoolSurvives('redis');
