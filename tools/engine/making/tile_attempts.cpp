#include "tools/engine/making/tile_attempts.h"

#include "stac/error.h"
#include "tools/engine/host/stop_request.h"
#include "tools/engine/making/batch_context.h"

#include <string>
#include <utility>

namespace tiledir::engine
{
namespace
{

/// At a tile after one that has failed in spite of all attempts: the trouble does not seem to pass.
constexpr int kAttemptsAtLast = 2;

} // namespace

TileAttempts::TileAttempts(const BatchContext &context, std::function<void()> read_anew)
    : m_context(context)
    , m_read_anew(std::move(read_anew))
{
}

void TileAttempts::make(const stac::TileId &tile, Report &report, const std::function<void()> &work)
{
    for (int attempts = 1;; ++attempts)
    {
        try
        {
            work();
            m_most = kMostAttempts;
            return;
        }
        catch (const StoreError &)
        {
            throw;
        }
        catch (const std::exception &error)
        {
            const Cause cause = cause_of(error);
            const InputAccess access = cause == Cause::Tile ? InputAccess::Unknown : access_after(error);
            if (cause != Cause::Tile && m_context.stopping())
            {
                return;
            }
            if (cause == Cause::Run && access == InputAccess::Unknown)
            {
                throw StoreError(dynamic_cast<const Error &>(error));
            }
            if (access == InputAccess::Returned)
            {
                attempts = 0;
            }
            else if (cause == Cause::Tile || attempts >= m_most)
            {
                m_most = cause == Cause::Tile ? m_most : kAttemptsAtLast;
                m_context.failed({tile, error.what(), attempts, cause_name(error)});
                return;
            }
        }
        m_context.waits();
        if (attempts > 0 && !pause(seconds_before_attempt(attempts), m_context.stopping))
        {
            return;
        }
        m_read_anew();
        report.retried();
        m_context.begins(portion_of(tile));
    }
}

/// Of the input that a failure names, else of the first one over a network: credentials are often those of all.
InputAccess TileAttempts::access_after(const std::exception &error) const
{
    const auto *const failure = dynamic_cast<const Error *>(&error);
    std::string asked;
    for (const auto &[name, input] : m_context.resolved.recipe.inputs)
    {
        for (const std::string &path : input.paths)
        {
            if (!store::is_on_network(path))
            {
                continue;
            }
            if (failure != nullptr && failure->path() == path)
            {
                return access_to_input(path, m_context.stopping, m_context.waits);
            }
            asked = asked.empty() ? path : asked;
        }
    }
    return asked.empty() ? InputAccess::Unknown : access_to_input(asked, m_context.stopping, m_context.waits);
}

} // namespace tiledir::engine
