// GDAL calls this interface provisional.
#include "driver/refresh_algorithm.h"

#if TILEDIR_HAS_ALGORITHMS

#include "driver/item/open_options.h"
#include "driver/raster/folder/folder_refresh.h"
#include "driver/raster/folder/folder_statistics.h"
#include "driver/raster/folder/time_argument.h"
#include "driver/store/gdal_edge.h"
#include "stac/error.h"

#include <gdalalgorithm.h>

#include <ctime>
#include <string>
#include <vector>

namespace tiledir::driver
{

namespace
{

const std::vector<std::string> kRefresh{"refresh"}; ///< below `gdal driver tiledir`

class RefreshAlgorithm final : public GDALAlgorithm
{
public:
    RefreshAlgorithm()
        : GDALAlgorithm("refresh", "Make the overviews of a directory of tiles again that lie above changed tiles", "")
    {
        AddProgressArg();
        AddArg("input", 'i', "Folder of tiles with a stac.json, or the item's file", &m_folder)
            .SetPositional()
            .SetRequired();
        AddArg("bounds", 0, "Above the tiles that it touches: minx,miny,maxx,maxy in the grid's CRS", &m_bounds)
            .SetMinCount(4)
            .SetMaxCount(4)
            .SetRepeatedArgAllowed(false);
        AddArg("since", 0,
               "Above the tiles written since then: 2026-11-25T09:30:00Z, 2026-11-25, or 90s, 15min, 2h, 3d ago",
               &m_since);
        AddArg("all", 0, "Above all tiles", &m_all);
        AddArg("statistics", 0, "Compute those of the base level afterwards, and put them into the item",
               &m_statistics);
        AddArg("num-threads", 'j', "Tiles at once: a number or ALL_CPUS", &m_threads);
    }

protected:
    bool RunImpl(GDALProgressFunc progress, void *progress_data) override
    {
        return at_gdal_edge(false,
                            [&]
                            {
                                refresh(progress, progress_data);
                                return true;
                            });
    }

private:
    void refresh(GDALProgressFunc progress, void *progress_data) const
    {
        if (m_all && (!m_bounds.empty() || !m_since.empty()))
        {
            throw InputError("--all: is given beside --bounds or --since, should be either all or a part");
        }
        const raster::DatasetFolder folder(m_folder);
        raster::ChangedPart changed;
        changed.all = m_all;
        if (!m_bounds.empty())
        {
            changed.bounds = stac::Bounds{m_bounds[0], m_bounds[1], m_bounds[2], m_bounds[3]};
        }
        if (!m_since.empty())
        {
            changed.since = raster::time_argument(m_since, std::time(nullptr));
        }
        constexpr double kHalf = 0.5;
        const double refreshed = m_statistics ? kHalf : 1;
        raster::RefreshSettings settings;
        settings.threads = threads_of(m_threads);
        settings.go_on = raster::asking(progress, progress_data, 0, refreshed);
        raster::run_refresh(folder, raster::plan_refresh(folder, changed), settings);
        if (m_statistics)
        {
            raster::store_statistics(folder, {settings.threads, raster::asking(progress, progress_data, refreshed)});
        }
    }

    std::string m_folder;
    std::vector<double> m_bounds;
    std::string m_since;
    bool m_all = false;
    bool m_statistics = false;
    std::string m_threads = "ALL_CPUS";
};

GDALAlgorithm *instantiate(const std::vector<std::string> &path)
{
    return path == kRefresh ? new RefreshAlgorithm() : nullptr; // GDAL owns it
}

} // namespace

void declare_algorithms(GDALDriver &driver)
{
    driver.DeclareAlgorithm(kRefresh);
    driver.pfnInstantiateAlgorithm = instantiate;
}

} // namespace tiledir::driver

#else

void tiledir::driver::declare_algorithms(GDALDriver &) {}

#endif
