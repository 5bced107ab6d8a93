// What a dataset is read from, by whatever name it was opened.
#pragma once

#include <gdal_priv.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tiledir::driver
{

/// The files and folders that a dataset's pixels come from, those of the sources of VRTs too.
class CopySources
{
public:
    /// Opens the datasets that it is made of, to any depth.
    explicit CopySources(GDALDataset &dataset);
    /// Of datasets by these names.
    explicit CopySources(const std::vector<std::string> &names);

    /// Path of one that is the folder, lies in it, or is one with something in it, by links of whatever kind: told by
    /// device and inode on a disk, by keys elsewhere. Empty: there is none. Throws StoreError.
    std::string in_folder(const std::string &folder) const;

private:
    void add(GDALDataset &dataset);
    void add_sources_of_vrt(GDALDataset &dataset);
    void add_dataset(const std::string &name);

    std::set<std::string> m_paths;
    std::set<std::string> m_opened; ///< names
};

} // namespace tiledir::driver
