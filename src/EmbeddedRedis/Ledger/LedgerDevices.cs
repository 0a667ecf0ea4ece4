using Tsavorite.core;

namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>Makes the files of a store. All their writes are recorded in a ledger.</summary>
/// <param name="directory">The data directory.</param>
/// <param name="ledger">Its ledger.</param>
internal sealed class LedgerDevices(string directory, DataLedger ledger) : INamedDeviceFactoryCreator
{
    private readonly LocalStorageNamedDeviceFactoryCreator _files = new(deviceType: DeviceType.RandomAccess);

    /// <inheritdoc/>
    public INamedDeviceFactory Create(string baseName) => new Factory(_files.Create(baseName), baseName, ledger, NameOf);

    private string NameOf(string path) => Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/');

    private sealed class Factory(INamedDeviceFactory files, string baseName, DataLedger ledger, Func<string, string> nameOf) : INamedDeviceFactory
    {
        public IDevice Get(FileDescriptor fileInfo) => new LedgerDevice(files.Get(fileInfo), ledger, nameOf);

        public void Delete(FileDescriptor fileInfo)
        {
            // The same as in Garnet's own factory of files: a file is deleted by deleting its first segment.
            var path = Path.Combine(baseName, fileInfo.directoryName ?? "", fileInfo.fileName is null ? "" : fileInfo.fileName + ".0");
            ledger.Remove(nameOf(path) is "." ? "" : nameOf(path));
            files.Delete(fileInfo);
        }

        public IEnumerable<FileDescriptor> ListContents(string path) => files.ListContents(path);

        public uint GetSectorSize(FileDescriptor fileInfo) => files.GetSectorSize(fileInfo);
    }
}
