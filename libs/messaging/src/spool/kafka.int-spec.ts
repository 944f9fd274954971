import { spoolSurvives } from '../testing/spool-kills.ts';

spoolSurvives('kafka');
