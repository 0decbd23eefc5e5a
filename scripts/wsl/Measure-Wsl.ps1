# SPDX-License-Identifier: Apache-2.0
#Requires -Version 5.1
<#
.SYNOPSIS
Runs nestbench inside a WSL distribution and brings the results back to Windows.

.DESCRIPTION
Hands the static nestbench binary to the distribution, runs "nestbench doctor" and "nestbench run"
there and leaves doctor.txt, doctor.json, table.txt, session.json and nestbench.db in a folder on
the Windows side. Nothing is installed, and nothing stays inside. Start it with the rights with
which Docker Desktop runs: elevated or not makes a difference to the Windows drives in WSL.

Make the binary on any Debian or Ubuntu, WSL included:
  cmake -B build/static -DNB_STATIC=ON -DNB_TESTS=OFF && cmake --build build/static

.PARAMETER Binary
The static nestbench binary. Default: nestbench beside this script.

.PARAMETER Distribution
Name of the distribution, as "wsl --list" prints it. Default: the default one.

.PARAMETER OutputFolder
Where the results go. Default: a new folder nestbench-DATE-TIME in the current one.

.PARAMETER Arguments
What "nestbench run" gets. Default: --profile quick

.EXAMPLE
.\Measure-Wsl.ps1 -WhatIf

.EXAMPLE
.\Measure-Wsl.ps1 -Distribution Ubuntu -Arguments '--profile','standard','--label','vm=vdi-7'
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [string]$Binary = (Join-Path $PSScriptRoot 'nestbench'),
    [string]$Distribution = '',
    [string]$OutputFolder = (Join-Path (Get-Location).Path ('nestbench-{0:yyyyMMdd-HHmmss}' -f (Get-Date))),
    [string[]]$Arguments = @('--profile', 'quick')
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# wsl.exe takes a backslash for an escape, and Linux takes either kind of slash after wslpath.
function ConvertTo-SlashPath([string]$Path) {
    return ($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)) -replace '\\', '/'
}

$wsl = Get-Command 'wsl.exe' -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
if (-not $wsl) {
    throw 'There is no wsl.exe here. Type "wsl --install" in an elevated prompt, or see https://learn.microsoft.com/windows/wsl/install'
}
$inside = Join-Path $PSScriptRoot 'inside.sh'
foreach ($file in @($Binary, $inside)) {
    if (-not (Test-Path -LiteralPath $file -PathType Leaf)) {
        throw "There is no $file. Copy the static nestbench binary and inside.sh beside this script, or name the binary with -Binary."
    }
}

$where = @()
$name = 'the default distribution'
if ($Distribution) {
    $where = @('--distribution', $Distribution)
    $name = $Distribution
}
# Read by sh from its standard input, so that Windows line ends cannot get into it.
$script = [System.IO.File]::ReadAllText((Resolve-Path -LiteralPath $inside).ProviderPath) -replace "`r", ''
$words = @($where) + @('--exec', '/bin/sh', '-s', '--', (ConvertTo-SlashPath $Binary), (ConvertTo-SlashPath $OutputFolder)) + $Arguments

if (-not $PSCmdlet.ShouldProcess($name, "run nestbench $Arguments, results to $OutputFolder")) {
    return
}
New-Item -ItemType Directory -Force -Path $OutputFolder | Out-Null
$OutputEncoding = New-Object System.Text.UTF8Encoding $false
$env:WSL_UTF8 = '1'
$script | & $wsl.Path @words
$status = $LASTEXITCODE
if (Test-Path -LiteralPath (Join-Path $OutputFolder 'session.json')) {
    Write-Host "Results: $OutputFolder"
    Write-Host 'Look at them on a Linux machine: nestbench import session.json && nestbench show'
} else {
    Write-Warning "No results came back. Does this run?  wsl $where --exec /bin/sh -c 'uname -r'"
}
exit $status
