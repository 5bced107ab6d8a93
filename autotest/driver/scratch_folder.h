// A folder of its own for each test, and real tiles and documents put into it.
#pragma once

#include "autotest/driver/failure_of.h"
#include "autotest/driver/raster/gdal_rasters.h"

#include <gtest/gtest.h>

#include <boost/filesystem.hpp>

#include <fstream>
#include <iterator>
#include <string>

namespace tiledir::driver
{

class ScratchFolderTest : public testing::Test
{
protected:
    ScratchFolderTest() { boost::filesystem::create_directories(m_folder); }
    ~ScratchFolderTest() override { boost::filesystem::remove_all(m_folder); }

    std::string folder() const { return m_folder.string(); }
    std::string path(const std::string &name) const { return (m_folder / name).string(); }
    bool is_there(const std::string &name) const { return boost::filesystem::exists(m_folder / name); }

    /// Makes the file's folders too.
    void write(const std::string &name, const std::string &text) const
    {
        boost::filesystem::create_directories((m_folder / name).parent_path());
        std::ofstream(path(name), std::ios::binary) << text;
    }
    std::string text_of(const std::string &name) const
    {
        std::ifstream file(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void write_tiff(const std::string &name, const raster::fixtures::RasterSpec &spec) const
    {
        boost::filesystem::create_directories((m_folder / name).parent_path());
        raster::fixtures::make_raster(path(name), spec);
    }
    /// A picture of one value, which does not tell where it lies.
    void write_png(const std::string &name, int size = 256) const
    {
        const std::string plain = path("plain.tif");
        raster::fixtures::RasterSpec spec;
        spec.width = spec.height = size;
        spec.type = GDT_Byte;
        spec.value = [](int, int, int) { return 7; };
        spec.crs.clear();
        const auto tiff = raster::fixtures::make_raster(plain, spec);
        boost::filesystem::create_directories((m_folder / name).parent_path());
        GDALDriver *const png = GetGDALDriverManager()->GetDriverByName("PNG");
        GDALDatasetUniquePtr picture(png->CreateCopy(path(name).c_str(), tiff.get(), FALSE, nullptr, nullptr, nullptr));
        picture.reset();
        boost::filesystem::remove(plain);
        boost::filesystem::remove(path(name) + ".aux.xml");
    }

private:
    boost::filesystem::path m_folder =
        boost::filesystem::temp_directory_path() / boost::filesystem::unique_path("tiledir driver %%%%%%%%");
};

} // namespace tiledir::driver
