#include "tools/commands/redacting_formatter.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

namespace tiledir::commands
{
namespace
{

constexpr const char *kPattern = "%Y-%m-%dT%H:%M:%S.%e level=%l %v";

class RedactingFormatter : public spdlog::formatter
{
public:
    explicit RedactingFormatter(engine::Secrets secrets)
        : m_secrets(std::move(secrets))
        , m_formatter(kPattern)
    {
    }

    void format(const spdlog::details::log_msg &message, spdlog::memory_buf_t &line) override
    {
        const std::string text = m_secrets.redacted(std::string(message.payload.data(), message.payload.size()));
        spdlog::details::log_msg redacted = message;
        redacted.payload = text;
        m_formatter.format(redacted, line);
    }

    std::unique_ptr<spdlog::formatter> clone() const override
    {
        return std::make_unique<RedactingFormatter>(m_secrets);
    }

private:
    engine::Secrets m_secrets;
    spdlog::pattern_formatter m_formatter;
};

} // namespace

void redact_logs(const engine::Secrets &secrets)
{
    spdlog::set_formatter(std::make_unique<RedactingFormatter>(secrets));
}

} // namespace tiledir::commands
