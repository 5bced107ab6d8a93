// How log lines look, without the secrets in them.
#pragma once

#include "tools/engine/recipe/secrets.h"

namespace tiledir::commands
{

/// From now on all lines of the default logger are redacted.
void redact_logs(const engine::Secrets &secrets);

} // namespace tiledir::commands
