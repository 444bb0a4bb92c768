// Sees that each rule notices the faults it is for, and that no other rule is set off by them.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { lint } from '../lint.js'
import { faults } from './faults.js'

const sibling = name => readFile(new URL(name, import.meta.url), 'utf8')
const versions = ['3.0.3', '3.1.0']

// Faults that don't touch one another stand in one copy of the contract, so that few are linted.
function batchesOf(contract, version) {
  const batches = []
  for (const fault of faults) {
    if (fault.only && fault.only !== version) continue
    assert(contract.includes(fault.old), `${fault.rule}: the contract has no ${fault.old}`)
    const rules = [fault.rule, ...(fault.also ?? [])]
    let batch = batches.find(
      ({ alone, text, rules: taken }) =>
        !alone && !fault.alone && text.includes(fault.old) && !rules.some(rule => taken.has(rule)),
    )
    if (!batch) batches.push((batch = { alone: fault.alone, text: contract, rules: new Set(), faults: [] }))
    batch.text = batch.text.replace(fault.old, () => fault.new.replace('$&', () => fault.old))
    rules.forEach(rule => batch.rules.add(rule))
    batch.faults.push(fault)
  }
  return batches
}

for (const version of versions) {
  test(`OpenAPI ${version}`, async t => {
    const contract = (await sibling('../../app-authorization.yaml')).replace('openapi: 3.0.3\n', `openapi: ${version}\n`)
    const dir = await realpath(await mkdtemp(join(tmpdir(), 'faults-')))
    t.after(() => rm(dir, { recursive: true }))

    const batches = batchesOf(contract, version)
    const files = batches.map((_, i) => join(dir, `${i}.yaml`))
    await Promise.all(batches.map(({ text }, i) => writeFile(files[i], text)))
    const { findings, failures } = await lint(files)
    assert.deepEqual(failures, [])
    await t.test('messages name what they are about', () => {
      assert.deepEqual(findings.filter(({ message }) => message.includes('[object Object]')), [])
    })

    for (const [i, { faults, rules }] of batches.entries()) {
      const found = new Set(findings.filter(({ file }) => file === files[i]).map(({ rule }) => rule))
      for (const fault of faults) {
        await t.test(`${fault.rule}: ${fault.new || `no ${fault.old}`}`, () => {
          for (const rule of [fault.rule, ...(fault.also ?? [])]) assert(found.has(rule), `${rule} says nothing`)
        })
      }
      await t.test(`nothing else in file ${i}`, () => {
        assert.deepEqual(findings.filter(({ file, rule }) => file === files[i] && !rules.has(rule)), [])
      })
    }
  })
}

test('a file that a linter cannot read is a failure', async t => {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'faults-')))
  t.after(() => rm(dir, { recursive: true }))
  const files = ['faulty', 'broken', 'unread'].map(name => join(dir, `${name}.yaml`))
  const contract = await sibling('../../app-authorization.yaml')
  await writeFile(files[0], contract.replace('      summary: Delete an AppCode\n', ''))
  await writeFile(files[1], 'openapi: [')
  await writeFile(files[2], contract)

  const { failures } = await lint(files)
  assert.equal(failures.length, 1)
  assert.match(failures[0], /^redocly: .*broken\.yaml/s)
})

test('every rule of this house has a fault', async () => {
  const rules = [...(await sibling('../spectral.yaml')).matchAll(/^ {2}([a-z-]+):\n/gm)].map(([, rule]) => rule)
  assert(rules.length > 10)
  assert.deepEqual(rules.filter(rule => !faults.some(fault => fault.rule === rule)), [])
})
