// Runs both linters over files and tells their findings in one form.
import { execFile } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = name => fileURLToPath(new URL(name, import.meta.url))

/**
 * @typedef {{file: string, line: number, column: number, rule: string, message: string}} Finding
 */

/**
 * Gives the findings of both linters, in the order of the files' absolute names and lines, and
 * why a linter could not do its work, as for a file that is no YAML.
 * @param {string[]} files
 * @returns {Promise<{findings: Finding[], failures: string[]}>}
 */
export async function lint(files) {
  const results = await Promise.allSettled([spectral(files), redocly(files)])
  const findings = results.flatMap(({ value }) => value ?? [])
  findings.sort(
    (a, b) =>
      a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column || a.rule.localeCompare(b.rule),
  )
  return { findings, failures: results.flatMap(({ reason }) => (reason ? [reason.message] : [])) }
}

async function spectral(files) {
  const found = await output('spectral', [
    'lint', ...files,
    '--ruleset', here('spectral.yaml'),
    '--format', 'json', '--quiet',
    '--fail-severity', 'hint', '--fail-on-unmatched-globs',
  ], JSON.parse)
  return found.map(({ source, range, code, message }) => ({
    file: source ? resolve(source) : '?', // behind a $ref beside which something else stands, which Redocly tells
    line: range.start.line + 1,
    column: range.start.character + 1,
    rule: String(code),
    message,
  }))
}

async function redocly(files) {
  const found = await output('redocly', [
    'lint', ...files,
    '--config', here('redocly.yaml'), '--lint-config', 'error',
    '--format', 'json', '--max-problems', '10000',
  ], text => {
    // One object a file, as far as the first that it can't read.
    const reports = JSON.parse(`[${text.replaceAll(/^}{$/gm, '},{')}]`)
    if (reports.length < files.length) throw new Error('a file was not read')
    return reports.flatMap(({ problems }) => problems)
  })
  return found.map(({ location: [{ source, start }], ruleId, message }) => ({
    file: resolve(source.ref),
    line: start.line,
    column: start.col,
    rule: ruleId,
    message,
  }))
}

// output is what a linter found. Its exit status must fit: a failure without a finding is its own.
function output(linter, args, parse) {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 1 << 28 }
    execFile(process.execPath, [here(`node_modules/.bin/${linter}`), ...args], options, (failure, stdout, stderr) => {
      try {
        const found = parse(stdout)
        if ((failure !== null) === (found.length > 0)) return resolve(found)
      } catch {
        // told below
      }
      const words = stderr.replaceAll(/^.*[╔║╚].*$/gm, '').trim() // but for Redocly's boxed notice
      reject(new Error(`${linter}: ${words || stdout.trim() || failure}`))
    })
  })
}

// shown is how a file is told: from where one stands, if it is below.
function shown(file) {
  const path = relative('.', file)
  return path.startsWith('..') ? file : path
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const files = process.argv.slice(2).map(file => resolve(file))
  const { findings, failures } = await lint(files)
  for (const { file, line, column, rule, message } of findings) {
    console.log(`${shown(file)}:${line}:${column} ${rule} ${message.replaceAll(/\s+/g, ' ')}`)
  }
  failures.forEach(failure => console.error(failure))
  if (failures.length > 0) {
    process.exitCode = 2
  } else {
    console.log(`${findings.length || 'no'} finding${findings.length === 1 ? '' : 's'} in ${files.map(shown).join(', ')}`)
    process.exitCode = findings.length > 0 ? 1 : 0
  }
}
