// A dataset that Create() has made: pixels first, what they mean later.
#pragma once

#include "driver/store/gdal_compat.h"

#include <cpl_string.h>
#include <gdal_proxy.h>

#include <memory>
#include <string>

namespace tiledir::driver
{

/// GDAL's Create() knows neither CRS nor geotransform nor nodata; callers tell them afterwards, some after the pixels.
/// Until the first FlushCache(), or the end where tiles lie on another grid than the pixels, all is kept in a GTiff, in
/// memory or in GDAL's temporary folder. Then CreateCopy() makes the directory of tiles, and what follows is an update
/// of that.
class CreatedDataset final : public GDALProxyDataset
{
public:
    /// GDAL's pfnCreate.
    static GDALDataset *create(const char *name, int width, int height, int bands, GDALDataType type,
                               store::StringList options) noexcept;
    /// What is staged becomes a directory of that name, as the options say.
    CreatedDataset(const std::string &name, CSLConstList options, GDALDatasetUniquePtr stage, std::string stage_path);
    ~CreatedDataset() override;

    store::FlushResult FlushCache(bool closing) override;
    // NOLINTNEXTLINE(readability-identifier-naming): GDAL's name, which before 3.7 it does not have
    CPLErr Close(TILEDIR_CLOSE_PARAMETERS) TILEDIR_CLOSE_OVERRIDE;
    GDALDataset &underlying() const { return *m_now; }

protected:
    GDALDataset *RefUnderlyingDataset() const override { return m_now.get(); }

private:
    class Band;
    CPLErr make(bool closing);
    CPLErr finish();
    void drop_stage();

    std::string m_name;
    CPLStringList m_options;
    std::string m_stage_path; ///< empty: the directory of tiles is there, and m_now is it
    GDALDatasetUniquePtr m_now;
    bool m_can_go_on = false; ///< tiles have the stage's pixels and blocks
    bool m_closed = false;
};

} // namespace tiledir::driver
