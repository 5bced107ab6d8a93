// Attempts at a tile: made again where its failure may pass.
#pragma once

#include "tools/engine/report/failure.h"
#include "tools/engine/report/report.h"
#include "tools/engine/resolved/input_access.h"

#include <exception>
#include <functional>

namespace tiledir::engine
{

struct BatchContext;

/// Attempts of one thread.
class TileAttempts
{
public:
    /// `read_anew` lets go of all that was read: what was spoilt on its way, and what was opened with old credentials.
    TileAttempts(const BatchContext &context, std::function<void()> read_anew);

    /// Does the work, again after a while where that may help; else tells of the failure. Waits for inputs whose
    /// credentials have expired, which counts as no attempt. Throws StoreError for what no other tile would fare better
    /// with. A tile that was given up because the run stops is neither made nor failed.
    void make(const stac::TileId &tile, Report &report, const std::function<void()> &work);

private:
    InputAccess access_after(const std::exception &error) const;

    const BatchContext &m_context;
    const std::function<void()> m_read_anew;
    int m_most = kMostAttempts;
};

} // namespace tiledir::engine
