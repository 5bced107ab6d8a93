// Keeps keys, tokens and passwords out of all that is written or shown.
#pragma once

#include "driver/store/environment.h"
#include "stac/error.h"
#include "tools/engine/schema/schema.h"

#include <string>
#include <utility>
#include <vector>

namespace tiledir::engine
{

/// What stands for one that is not to be shown.
constexpr const char *kHidden = "***";

/// What counts as a secret: the password of USER:PASSWORD@ in a URL; the value of NAME=VALUE, and of a key of a JSON
/// object, where the name is one of a secret (a password, token, signature, access key ...); and what the environment
/// variables that a recipe names stood for, which is shown as ${NAME}, as it is or as paths and URLs have it.
/// Immutable.
class Secrets
{
public:
    explicit Secrets(const store::Variables &used = {});

    std::string redacted(std::string text) const;
    /// Variables alone are named, all else stays: what the text stands for is the same.
    std::string with_names(std::string text) const;
    /// All texts in it.
    Json redacted_json(const Json &json) const;

    /// Does the work; errors come out of it redacted.
    template <class Work> auto guard(const Work &work) const
    {
        try
        {
            return work();
        }
        catch (Error &error)
        {
            error.respell([this](const std::string &text) { return redacted(text); });
            throw;
        }
    }

private:
    /// What variables stood for, and ${NAME}; the longest first.
    std::vector<std::pair<std::string, std::string>> m_in_paths;
    std::vector<std::pair<std::string, std::string>> m_in_urls;
};

} // namespace tiledir::engine
