#!/usr/bin/env node
import { main } from '../local/cli';

void main(process.argv.slice(2));
