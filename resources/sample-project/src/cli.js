#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { report } from './report.js'

process.stdout.write(`${report(readFileSync(0, 'utf8'))}\n`)
