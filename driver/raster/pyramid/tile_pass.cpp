#include "driver/raster/pyramid/tile_pass.h"

#include "driver/store/task_queue.h"
#include "stac/error.h"

#include <algorithm>
#include <utility>

namespace tiledir::raster
{

GoOn asking(GDALProgressFunc progress, void *progress_data, double from, double to)
{
    return [=](double done)
    { return progress == nullptr || progress(from + done * (to - from), "", progress_data) != FALSE; };
}

TilePass::TilePass(std::string name, double tiles, GoOn go_on)
    : m_name(std::move(name))
    , m_all(std::max(tiles, 1.0))
    , m_go_on(std::move(go_on))
{
}

void TilePass::on_threads(std::int64_t threads, const std::function<void()> &work)
{
    const auto guarded = [&]
    {
        try
        {
            work();
        }
        catch (...)
        {
            m_stopped = true;
            throw;
        }
    };
    store::TaskQueue queue(static_cast<int>(threads));
    for (std::int64_t thread = 0; thread < threads; ++thread)
    {
        queue.add(guarded);
    }
    queue.finish();
}

void TilePass::for_each(std::int64_t count, std::int64_t threads, const std::function<void(std::int64_t)> &work)
{
    std::atomic<std::int64_t> next{0};
    on_threads(std::clamp<std::int64_t>(threads, 1, std::max<std::int64_t>(1, count)),
               [&]
               {
                   for (std::int64_t index = next++; index < count && !m_stopped; index = next++)
                   {
                       work(index);
                   }
               });
}

void TilePass::done(std::int64_t tiles)
{
    const double part = static_cast<double>(m_done += tiles) / m_all;
    if (m_go_on && std::this_thread::get_id() == m_caller && !m_stopped && !m_go_on(std::min(part, 1.0)))
    {
        m_stopped = true;
    }
}

void TilePass::check() const
{
    if (m_stopped)
    {
        throw Interrupted(m_name + ": interrupted");
    }
}

} // namespace tiledir::raster
